-- How goods come to their buyers: the market's rates by zone and weight or a shop's own, by the household itself, or
-- fetched at the farm or at a pick-up point; and what of that each part of an order keeps.

-- Of today's provinces, by 306/NQ-CP of 5 October 2025; loaded from data/places/regions.csv.
alter table provinces add region text;

alter table shipping_rates
    drop constraint shipping_rates_zone_known,
    add constraint shipping_rates_zone_known check (zone in ('commune', 'province', 'region', 'country'));

-- Between those of a province and of the country. Until that day the region pays what the country does.
insert into shipping_rates (zone, up_to_grams, fee_vnd, valid_from) values
    ('region', 2000, 24000, '2026-11-28'), ('region', 10000, 40000, '2026-11-28'), ('region', 30000, 70000, '2026-11-28');

-- What a shop has said about delivery; one that has said nothing sends by carrier at the market's rates.
create table seller_delivery (
    seller_id       uuid primary key references sellers,
    by_carrier      boolean not null default true,
    -- Goods of one part worth that much come for no fee, as far as the zone reaches; null: everywhere.
    free_from_vnd   bigint constraint seller_delivery_free_positive check (free_from_vnd > 0),
    free_within     text constraint seller_delivery_free_zone check (free_within in ('commune', 'province', 'region')),
    -- The household brings it itself: in its commune, its province, or the communes of seller_delivery_communes.
    own_area        text constraint seller_delivery_own_area check (own_area in ('commune', 'province', 'communes')),
    -- Monday is 1, Tuesday 2, Wednesday 4, and so on.
    own_weekdays    smallint not null default 0 constraint seller_delivery_weekdays check (own_weekdays between 0 and 127),
    own_fee_vnd     bigint not null default 0 constraint seller_delivery_own_fee check (own_fee_vnd >= 0),
    -- Fetched at the farm, in those hours; null: not offered.
    farm_hours      text,
    farm_note       text not null default '',
    changed_at      timestamptz not null,
    constraint seller_delivery_free_whole check (free_from_vnd is not null or free_within is null),
    constraint seller_delivery_own_days check ((own_area is null) = (own_weekdays = 0))
);

create table seller_delivery_communes (
    seller_id  uuid not null references seller_delivery on delete cascade,
    commune_id integer not null references communes,
    constraint seller_delivery_communes_pkey primary key (seller_id, commune_id)
);
create index seller_delivery_communes_commune on seller_delivery_communes (commune_id);

-- A shop's own rates; a zone of which it says nothing is paid as the market has it.
create table seller_rates (
    seller_id   uuid not null references seller_delivery on delete cascade,
    zone        text not null constraint seller_rates_zone_known check (zone in ('commune', 'province', 'region', 'country')),
    up_to_grams integer not null constraint seller_rates_grams_positive check (up_to_grams > 0),
    fee_vnd     bigint not null constraint seller_rates_fee_not_negative check (fee_vnd >= 0),
    constraint seller_rates_pkey primary key (seller_id, zone, up_to_grams)
);

-- Where goods of several shops of a commune can be fetched.
create table pickup_points (
    id           uuid primary key,
    -- Whose owner made it, and may change it.
    made_by      uuid not null references sellers,
    name         text not null constraint pickup_points_name_length check (char_length(name) between 1 and 80),
    commune_id   integer not null references communes,
    street       text not null constraint pickup_points_street_length check (char_length(street) between 1 and 200),
    hours        text not null constraint pickup_points_hours_length check (char_length(hours) between 1 and 120),
    keeper_name  text not null constraint pickup_points_keeper_length check (char_length(keeper_name) between 1 and 100),
    keeper_phone text not null constraint pickup_points_phone_e164 check (keeper_phone ~ '^\+84[0-9]{9,10}$'),
    is_active    boolean not null default true,
    created_at   timestamptz not null
);
create index pickup_points_commune on pickup_points (commune_id);
create index pickup_points_made_by on pickup_points (made_by);

create table pickup_point_sellers (
    point_id  uuid not null references pickup_points,
    seller_id uuid not null references sellers,
    constraint pickup_point_sellers_pkey primary key (point_id, seller_id)
);
create index pickup_point_sellers_seller on pickup_point_sellers (seller_id);

-- How a part of an order comes to its buyer, as it was on the day of sale: no later change of shop, rates or point
-- touches it. Parts that are older than this table have no row: they went by carrier.
create table order_ways (
    seller_order_id uuid primary key references seller_orders,
    way             text not null constraint order_ways_known check (way in ('carrier', 'own', 'farm', 'point')),
    -- What the fee was counted by: the market's rates, the shop's own, free from an amount, the shop's fee for coming
    -- itself, nothing because it is fetched, nothing because the part follows another.
    basis           text not null constraint order_ways_basis_known check (basis in ('market', 'shop', 'free', 'flat', 'fetched', 'rest')),
    zone            text not null constraint order_ways_zone_known check (zone in ('commune', 'province', 'region', 'country')),
    grams           bigint not null constraint order_ways_grams_not_negative check (grams >= 0),
    -- On which day the household comes.
    day             date,
    point_id        uuid references pickup_points,
    place_name      text,
    place_address   text,
    place_hours     text,
    place_note      text,
    keeper_name     text,
    keeper_phone    text,
    constraint order_ways_day_of_own check (day is null or way = 'own'),
    constraint order_ways_point_of_point check ((point_id is not null) = (way = 'point')),
    constraint order_ways_place_whole check (
        (way in ('farm', 'point')) = (place_address is not null)
        and num_nulls(place_name, place_address, place_hours, place_note) in (0, 4)
        and num_nulls(keeper_name, keeper_phone) in (0, 2))
);
create index order_ways_point on order_ways (point_id) where point_id is not null;
create trigger order_ways_append_only before update or delete or truncate on order_ways
    for each statement execute function refuse_change();
