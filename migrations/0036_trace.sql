-- Where goods come from: lots of a harvest or batch, which of them went to whom, and recalls.

-- So that a lot can't name one shop and another shop's product.
alter table products add constraint products_of_seller unique (id, seller_id);

create table lots (
    id           uuid primary key,
    -- As printed on labels; its last character checks the others.
    code         text not null constraint lots_code_once unique
                 constraint lots_code_form check (code ~ '^LH[0-9A-HJKMNP-TV-Z]{8}$'),
    seller_id    uuid not null references sellers,
    product_id   uuid not null,
    -- As the labels have it: a later name of the product changes no label.
    product_name text not null constraint lots_product_named check (product_name <> ''),
    kind         text not null constraint lots_kind_known check (kind in ('harvest', 'batch')),
    made_on      date not null,
    best_before  date,
    place        text not null constraint lots_place_given check (place <> ''),
    -- Thousandths of the unit, which is a word of that day.
    quantity     bigint not null constraint lots_quantity_positive check (quantity > 0),
    unit         text not null constraint lots_unit_given check (unit <> ''),
    net_content  text not null default '',
    gtin         text constraint lots_gtin_form check (gtin ~ '^[0-9]{14}$'),
    notes        text not null default '',
    state        text not null constraint lots_state_known check (state in ('open', 'closed', 'recalled')),
    state_since  timestamptz not null,
    created_at   timestamptz not null,
    created_by   uuid references people,
    constraint lots_of_own_product foreign key (product_id, seller_id) references products (id, seller_id),
    constraint lots_product unique (id, product_id),
    constraint lots_best_before_later check (best_before >= made_on)
);
create index lots_listed on lots (seller_id, created_at desc, id);
create index lots_to_choose on lots (product_id, made_on desc) where state = 'open';
create index lots_recalled on lots (state_since desc, id) where state = 'recalled';
-- Labels are printed and stuck on: what they say stays. A slip of the pen is a new lot.
create trigger lots_as_written
    before update of code, seller_id, product_id, product_name, kind, made_on, best_before, place, quantity, unit,
        net_content, gtin, notes, created_at, created_by
    on lots for each statement execute function refuse_change();
create trigger lots_kept before delete or truncate on lots for each statement execute function refuse_change();

-- What was used for a lot: fertiliser, feed, poison, ingredients. Added to, never rewritten.
create table lot_inputs (
    id          bigint generated always as identity primary key,
    lot_id      uuid not null references lots,
    kind        text not null constraint lot_inputs_kind_known
                check (kind in ('seed', 'fertiliser', 'pesticide', 'feed', 'medicine', 'ingredient', 'other')),
    name        text not null constraint lot_inputs_named check (name <> ''),
    amount      text not null default '',
    used_on     date,
    recorded_at timestamptz not null
);
create index lot_inputs_lot on lot_inputs (lot_id, used_on, id);
create trigger lot_inputs_append_only before update or delete or truncate on lot_inputs
    for each statement execute function refuse_change();

create table lot_photos (
    lot_id   uuid not null references lots,
    position smallint not null constraint lot_photos_at_most_eight check (position between 1 and 8),
    photo_id uuid not null references photos,
    constraint lot_photos_pkey primary key (lot_id, position),
    constraint lot_photos_once unique (lot_id, photo_id)
);
create index lot_photos_photo on lot_photos (photo_id);

create table lot_events (
    id         bigint generated always as identity primary key,
    lot_id     uuid not null references lots,
    at         timestamptz not null,
    event      text not null constraint lot_events_known check (event in (
                   'made', 'input_added', 'photo_added', 'photo_removed', 'on_sale', 'off_sale', 'closed', 'reopened',
                   'recalled')),
    actor_kind text not null,
    person_id  uuid references people,
    reason     text not null default '',
    constraint lot_events_recall_reasoned check (event <> 'recalled' or reason <> '')
);
create index lot_events_lot on lot_events (lot_id, id);
create trigger lot_events_append_only before update or delete or truncate on lot_events
    for each statement execute function refuse_change();

-- From which lot a product is sold now: one at a time.
create table current_lots (
    product_id uuid primary key,
    lot_id     uuid not null constraint current_lots_lot_once unique,
    since      timestamptz not null,
    constraint current_lots_of_product foreign key (lot_id, product_id) references lots (id, product_id)
);

-- How often a lot's page was looked at on a business day.
create table lot_looks (
    lot_id uuid not null references lots,
    day    date not null,
    looks  integer not null constraint lot_looks_positive check (looks > 0),
    constraint lot_looks_pkey primary key (lot_id, day)
) with (fillfactor = 80);

-- Which lots the goods of an order line came from: what was put in, and what was corrected, as movements whose sums
-- count. Thousandths of the line's unit.
create table order_line_lots (
    id         bigint generated always as identity primary key,
    line_id    uuid not null references order_lines,
    lot_id     uuid not null references lots,
    change     bigint not null constraint order_line_lots_moves check (change <> 0),
    at         timestamptz not null,
    actor_kind text not null,
    person_id  uuid references people
);
create index order_line_lots_line on order_line_lots (line_id, lot_id);
create index order_line_lots_lot on order_line_lots (lot_id, line_id);
create trigger order_line_lots_append_only before update or delete or truncate on order_line_lots
    for each statement execute function refuse_change();

create function check_line_lots() returns trigger language plpgsql as $$
declare
    line order_lines;
begin
    -- Whoever else assigns goods to this line waits until this is written or given up.
    select * into line from order_lines where id = new.line_id for no key update;
    if not exists (select from lots where id = new.lot_id and product_id = line.product_id) then
        raise exception 'lot % is of another product than line %', new.lot_id, new.line_id
            using errcode = 'check_violation', constraint = 'order_line_lots_same_product';
    end if;
    if (select sum(change) from order_line_lots where line_id = new.line_id) > line.quantity then
        raise exception 'line % would come from more than it is', new.line_id
            using errcode = 'check_violation', constraint = 'order_line_lots_within_line';
    end if;
    if (select sum(change) from order_line_lots where line_id = new.line_id and lot_id = new.lot_id) < 0 then
        raise exception 'line % would have less than nothing of lot %', new.line_id, new.lot_id
            using errcode = 'check_violation', constraint = 'order_line_lots_not_negative';
    end if;
    return null;
end
$$;
-- After the statement, so that a correction that takes from one lot and gives to another is judged as a whole.
create trigger order_line_lots_checked after insert on order_line_lots
    for each row execute function check_line_lots();

-- What a line consists of, after all corrections.
create view line_lots as
select line_id, lot_id, sum(change)::bigint as quantity
from order_line_lots
group by line_id, lot_id
having sum(change) > 0;

-- A recall: what the buyers are told. Its reason stands in the lot's history.
create table recalls (
    lot_id     uuid primary key references lots,
    at         timestamptz not null,
    actor_kind text not null,
    person_id  uuid references people,
    message    text not null constraint recalls_message_given check (message <> '')
);
create trigger recalls_append_only before update or delete or truncate on recalls
    for each statement execute function refuse_change();

-- Who was told: each order once, several orders of one telephone by one message.
create table recall_messages (
    lot_id     uuid not null references recalls,
    order_id   uuid not null references orders,
    -- No reference: what a message said, and that there was one, is forgotten in time.
    message_id uuid not null,
    at         timestamptz not null,
    constraint recall_messages_pkey primary key (lot_id, order_id)
);
create index recall_messages_order on recall_messages (order_id);
create trigger recall_messages_append_only before update or delete or truncate on recall_messages
    for each statement execute function refuse_change();

-- The household reads in its diary what was done with its lots.
create or replace function seller_of_deed(on_behalf_of uuid, subject_kind text, subject uuid) returns uuid language sql stable as $$
    select case
        when subject_kind = 'authority_request' then null
        when subject_kind = 'paper' and exists (select from papers where id = subject and kind = 'request') then null
        else coalesce(case subject_kind
            when 'seller' then subject
            when 'product' then (select seller_id from products where id = subject)
            when 'seller_order' then (select seller_id from seller_orders where id = subject)
            when 'certificate' then (select seller_id from certificates where id = subject)
            when 'paper' then (select seller_id from papers where id = subject)
            when 'household_consent' then (select seller_id from household_consents where id = subject)
            when 'import' then (select seller_id from imports where id = subject)
            when 'lot' then (select seller_id from lots where id = subject)
        end, on_behalf_of)
    end
$$;
