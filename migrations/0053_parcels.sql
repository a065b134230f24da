-- What goes from a household's hands into the buyer's, and what a carrier's program says of it.

-- What is still to be received of a part, as PaymentOfPart::due has it.
create function due_of_part(part uuid) returns bigint language sql stable as $$
    select coalesce((
        select case
            when status in ('pending', 'paid') then greatest(amount_vnd - taken_off_vnd - coalesce(paid_vnd, 0), 0)
            else 0
        end
        from payments where seller_order_id = part), 0)
$$;

-- The district in which most of a commune lay until July 2025: carriers still sort by it.
create function former_district(commune integer) returns text language sql stable as $$
    select former.district_name
    from commune_successors
    join communes as former on former.id = commune_successors.from_id
    where commune_successors.to_id = commune and former.district_name is not null
    group by former.district_name
    order by count(*) filter (where whole) desc, count(*) desc, former.district_name
    limit 1
$$;

create table parcels (
    id              uuid primary key,
    seller_order_id uuid not null constraint parcels_once_a_part unique references seller_orders,
    -- What stands on labels, and how carriers name it: the order's code and the part's number.
    code            text not null constraint parcels_code_once unique,
    state           text not null constraint parcels_state_known check (state in (
                        'made', 'handed_over', 'on_the_way', 'failed', 'second_try', 'returning', 'delivered', 'returned', 'lost', 'called_off')),
    -- As packed, all boxes together.
    weight_grams    integer not null constraint parcels_weight_real check (weight_grams between 1 and 1000000),
    boxes           smallint not null default 1 constraint parcels_boxes_real check (boxes between 1 and 20),
    -- What is asked for at the door.
    cod_vnd         bigint not null constraint parcels_cod_not_negative check (cod_vnd >= 0),
    -- Who carries it, as the seller writes it or as the adapter is called; empty: the household itself.
    carrier         text not null default '' constraint parcels_carrier_length check (char_length(carrier) <= 60),
    tracking_code   text not null default '' constraint parcels_tracking_code_length check (char_length(tracking_code) <= 60),
    -- Of the latest thing that the carrier's program told and that counted.
    carrier_at      timestamptz,
    made_at         timestamptz not null,
    state_since     timestamptz not null,
    constraint parcels_nothing_asked_where_nothing_arrives check (
        cod_vnd = 0 or state in ('made', 'handed_over', 'on_the_way', 'failed', 'second_try', 'delivered'))
) with (fillfactor = 80);
create index parcels_open on parcels (state, state_since) where state not in ('delivered', 'returned', 'lost', 'called_off');
create index parcels_tracking_code on parcels (tracking_code) where tracking_code <> '';

-- Nobody asks for more at the door than is due.
create function parcel_asks_what_is_due() returns trigger language plpgsql as $$
begin
    if new.cod_vnd > 0 and (tg_op = 'INSERT' or new.cod_vnd <> old.cod_vnd) and new.cod_vnd <> due_of_part(new.seller_order_id) then
        raise exception 'parcel % asks for % at the door, % is due', new.code, new.cod_vnd, due_of_part(new.seller_order_id)
            using errcode = 'check_violation', constraint = 'parcels_cod_is_due';
    end if;
    return new;
end
$$;
create trigger parcels_cod_is_due before insert or update of cod_vnd on parcels
    for each row execute function parcel_asks_what_is_due();

create table parcel_events (
    id         bigint generated always as identity primary key,
    parcel_id  uuid not null references parcels,
    at         timestamptz not null,
    event      text not null,
    from_state text,
    to_state   text not null,
    -- seller, collector, carrier.
    teller     text not null,
    person_id  uuid,
    reason     text not null default ''
);
create index parcel_events_parcel on parcel_events (parcel_id, id);
create index parcel_events_handed_over on parcel_events (at) where event = 'hand_over';
create trigger parcel_events_append_only before update or delete or truncate on parcel_events
    for each statement execute function refuse_change();

-- What a carrier is asked for: asked again until it answers.
create table carrier_bookings (
    parcel_id     uuid primary key references parcels,
    -- asked: it is to carry it; booked: it will; refused: it won't; leaving: it is no longer to; left: it won't any more.
    state         text not null constraint carrier_bookings_state_known check (state in ('asked', 'booked', 'refused', 'leaving', 'left')),
    asked_at      timestamptz not null,
    available_at  timestamptz not null,
    claimed_until timestamptz,
    attempts      integer not null default 0,
    fee_vnd       bigint constraint carrier_bookings_fee_not_negative check (fee_vnd >= 0),
    expected_at   timestamptz,
    last_error    text
);
create index carrier_bookings_due on carrier_bookings (available_at) where state in ('asked', 'leaving');

-- What the carrier's program told, each thing once, whether it meant something or not.
create table carrier_notices (
    id        bigint generated always as identity primary key,
    parcel_id uuid not null references parcels,
    -- In the carrier's words.
    status    text not null,
    at        timestamptz not null,
    heard_at  timestamptz not null,
    reason    text not null default '',
    -- moved: it moved the parcel; known: it says nothing new; late: something later was told before; unknown: somebody has to look.
    effect    text not null constraint carrier_notices_effect_known check (effect in ('moved', 'known', 'late', 'unknown')),
    constraint carrier_notices_once unique (parcel_id, status, at)
);
create index carrier_notices_unknown on carrier_notices (heard_at desc) where effect = 'unknown';
create trigger carrier_notices_append_only before update or delete or truncate on carrier_notices
    for each statement execute function refuse_change();

-- Which of them an officer has looked at.
create table carrier_notices_seen (
    notice_id bigint primary key references carrier_notices,
    person_id uuid,
    at        timestamptz not null
);
create trigger carrier_notices_seen_append_only before update or delete or truncate on carrier_notices_seen
    for each statement execute function refuse_change();

-- What was packed or sent before there were parcels.
with made as (
    insert into parcels (id, seller_order_id, code, state, weight_grams, cod_vnd, made_at, state_since)
    select gen_random_uuid(), part.id, orders.code || '-' || part.position,
        case part.state when 'packed' then 'made' else 'handed_over' end,
        least(1000000, greatest(1, coalesce((
            select sum((variants.ship_grams::bigint * line.quantity + 999) / 1000)
            from order_lines as line join variants on variants.id = line.variant_id
            where line.seller_order_id = part.id), 1))),
        due_of_part(part.id), part.state_since, part.state_since
    from seller_orders as part join orders on orders.id = part.order_id
    where part.state in ('packed', 'shipped')
    returning id, state, made_at
)
insert into parcel_events (parcel_id, at, event, to_state, teller)
select id, made_at, case state when 'made' then 'make' else 'hand_over' end, state, 'seller' from made;
