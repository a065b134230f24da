-- Settled by what was packed: what is sold by weight is paid as weighed, what is short is left out or follows later.

alter table order_lines
    -- As ordered, where something else was packed; quantity and line_vnd are what is delivered and paid.
    add ordered_quantity bigint constraint order_lines_ordered_positive check (ordered_quantity > 0),
    add ordered_vnd bigint,
    drop constraint order_lines_quantity_positive,
    drop constraint order_lines_line_positive,
    add constraint order_lines_quantity_not_negative check (quantity >= 0),
    -- Nothing of a line is packed for nothing, and nothing else is free.
    add constraint order_lines_line_as_quantity check (line_vnd >= 0 and (line_vnd = 0) = (quantity = 0)),
    add constraint order_lines_ordered_whole check ((ordered_quantity is null) = (ordered_vnd is null) and (quantity > 0 or ordered_quantity is not null));

create table line_changes (
    id            bigint generated always as identity primary key,
    order_line_id uuid not null references order_lines,
    at            timestamptz not null,
    -- Weighed inside the tolerance; short; short, and the rest follows in a part of its own.
    kind          text not null constraint line_changes_kind_known check (kind in ('weighed', 'short', 'later')),
    from_quantity bigint not null,
    to_quantity   bigint not null,
    from_vnd      bigint not null,
    to_vnd        bigint not null,
    reason        text not null default '',
    actor_kind    text not null,
    person_id     uuid,
    constraint line_changes_moves check (from_quantity <> to_quantity)
);
create index line_changes_line on line_changes (order_line_id, id);
create trigger line_changes_append_only before update or delete or truncate on line_changes
    for each statement execute function refuse_change();

-- What was not ready follows in a part of its own, without a second fee for delivery.
alter table seller_orders
    add split_from uuid references seller_orders,
    drop constraint seller_orders_seller_once,
    add constraint seller_orders_seller_once unique nulls not distinct (order_id, seller_id, harvest_id, split_from),
    add constraint seller_orders_rest_is_free check (split_from is null or shipping_vnd = 0);

-- What came in, which may be more or less than what is due once it is weighed.
alter table payments add paid_vnd bigint constraint payments_paid_positive check (paid_vnd > 0);
update payments set paid_vnd = amount_vnd where paid_at is not null;
alter table payments add constraint payments_paid_how_much check ((paid_at is null) = (paid_vnd is null));
