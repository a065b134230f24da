-- Gift boxes and the like: a way of selling that is made of others of the same shop, and has no stock of its own.

create table combo_parts (
    combo_id uuid not null references variants,
    part_id  uuid not null references variants,
    position smallint not null,
    -- Of one combo, in thousandths of the part's unit.
    quantity bigint not null constraint combo_parts_quantity_positive check (quantity > 0),
    constraint combo_parts_pkey primary key (combo_id, part_id),
    constraint combo_parts_position_once unique (combo_id, position),
    constraint combo_parts_not_itself check (combo_id <> part_id)
);
create index combo_parts_part on combo_parts (part_id);

-- The use case says so in words; this holds it whatever writes.
create function combo_parts_are_plain() returns trigger language plpgsql as $$
begin
    if exists (select from combo_parts where combo_id = new.part_id or part_id = new.combo_id) then
        raise exception 'a combo is no part of a combo' using errcode = 'check_violation';
    end if;
    if (select count(distinct products.seller_id) from variants join products on products.id = variants.product_id
        where variants.id in (new.combo_id, new.part_id)) <> 1 then
        raise exception 'a combo is made of goods of its own shop' using errcode = 'check_violation';
    end if;
    return new;
end
$$;
create trigger combo_parts_are_plain before insert or update on combo_parts
    for each row execute function combo_parts_are_plain();

-- What is there of a way of selling: of a combo, as many as all of its parts are enough for.
create view variant_stock as
select
    stock_items.variant_id,
    coalesce(combo.whole, stock_items.on_hand) as on_hand,
    case when combo.whole is null then stock_items.reserved else 0 end as reserved
from stock_items
left join lateral (
    select min(case
        when products.status = 'published' and part.state = 'offered' and part.supply = 'stock'
        then (part_stock.on_hand - part_stock.reserved) / combo_parts.quantity * 1000
        else 0 end) as whole
    from combo_parts
    join variants as part on part.id = combo_parts.part_id
    join products on products.id = part.product_id
    join stock_items as part_stock on part_stock.variant_id = part.id
    where combo_parts.combo_id = stock_items.variant_id
) as combo on true;

create or replace function is_in_stock(product uuid) returns boolean language sql stable as $$
    select exists (
        select from variants
        join variant_stock on variant_stock.variant_id = variants.id
        where variants.product_id = product and variants.state = 'offered'
            and variant_stock.on_hand - variant_stock.reserved >= variants.min_quantity)
$$;

-- What one combo of a line was made of on the day of sale.
create table order_line_parts (
    line_id    uuid not null references order_lines,
    variant_id uuid not null references variants,
    position   smallint not null,
    name       text not null,
    unit       text not null,
    quantity   bigint not null constraint order_line_parts_quantity_positive check (quantity > 0),
    -- Of one unit of the part by itself.
    price_vnd  bigint,
    constraint order_line_parts_pkey primary key (line_id, variant_id)
);
create index order_line_parts_variant on order_line_parts (variant_id);
create trigger order_line_parts_append_only before update or delete or truncate on order_line_parts
    for each statement execute function refuse_change();

-- On which stock a line draws, and how much: its own, or that of its parts. Combos are ordered whole.
create view order_line_draws as
select
    line.id as line_id,
    line.seller_order_id,
    coalesce(part.variant_id, line.variant_id) as variant_id,
    case when part.line_id is null then line.quantity else line.quantity / 1000 * part.quantity end as quantity
from order_lines as line
left join order_line_parts as part on part.line_id = line.id;
