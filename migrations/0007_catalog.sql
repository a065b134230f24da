-- What is listed, in which variants, and what is there of it.

create table ocop_groups (
    code     text primary key,
    position smallint not null,
    name_vi  text not null,
    name_en  text not null
);

-- The product sets under the groups, by the decision that defines them.
create table ocop_sets (
    regime     text not null,
    number     smallint not null,
    group_code text not null references ocop_groups,
    name_vi    text not null,
    name_en    text not null,
    tax_class  text not null constraint ocop_sets_tax_class_known check (tax_class in ('own_produce', 'processed', 'traded', 'service')),
    valid_from date not null,
    constraint ocop_sets_pkey primary key (regime, number)
);

create table products (
    id               uuid primary key,
    -- The code a province gives a product, in the sample catalogue P001…
    code             text not null constraint products_code_once unique,
    seller_id        uuid not null references sellers,
    slug             text not null constraint products_slug_once unique,
    name             text not null default '',
    status           text not null constraint products_status_known check (status in ('draft', 'published', 'paused', 'archived')),
    group_code       text not null references ocop_groups,
    set_regime       text,
    set_number       smallint,
    tax_class        text not null constraint products_tax_class_known check (tax_class in ('own_produce', 'processed', 'traded', 'service')),
    description      text not null default '',
    ingredients      text not null default '',
    storage          text not null default '',
    shelf_life       text not null default '',
    -- Months of the year in which it is harvested or made; empty: all year.
    season_months    smallint[] not null default '{}' constraint products_season_months_range check (season_months <@ '{1,2,3,4,5,6,7,8,9,10,11,12}'::smallint[]),
    certificate_id   uuid references certificates,
    is_sample        boolean not null default false,
    price_is_sample  boolean not null default false,
    source           text not null default '',
    published_at     timestamptz,
    created_at       timestamptz not null,
    updated_at       timestamptz not null,
    constraint products_set_known foreign key (set_regime, set_number) references ocop_sets (regime, number),
    constraint products_published_named check (status = 'draft' or (name <> '' and published_at is not null))
);
create index products_seller on products (seller_id, created_at desc);
create index products_certificate on products (certificate_id) where certificate_id is not null;

-- Addresses that a product once had: they redirect for ever.
create table product_former_slugs (
    slug       text primary key,
    product_id uuid not null references products
);

create table variants (
    id              uuid primary key,
    product_id      uuid not null references products,
    position        smallint not null,
    sku             text not null constraint variants_sku_once unique,
    name            text not null default '',
    unit            text not null,
    -- What the unit holds: "500 ml", "12 trái".
    unit_note       text not null default '',
    -- Empty only while the product is a draft.
    price_vnd       bigint constraint variants_price_positive check (price_vnd between 1 and 1000000000),
    net_grams       integer constraint variants_net_grams_positive check (net_grams > 0),
    net_ml          integer constraint variants_net_ml_positive check (net_ml > 0),
    -- Weight of one unit as a parcel, grams.
    ship_grams      integer not null constraint variants_ship_grams_positive check (ship_grams > 0),
    -- Thousandths of the unit.
    min_quantity    bigint not null default 1000 constraint variants_min_positive check (min_quantity > 0),
    step_quantity   bigint not null default 1000 constraint variants_step_positive check (step_quantity > 0),
    archived_at     timestamptz,
    constraint variants_position_once unique (product_id, position)
);

-- Stock in thousandths of the unit. The database itself refuses to oversell.
create table stock_items (
    variant_id uuid primary key references variants,
    on_hand    bigint not null constraint stock_items_on_hand_not_negative check (on_hand >= 0),
    reserved   bigint not null default 0 constraint stock_items_reserved_not_negative check (reserved >= 0),
    constraint stock_items_never_oversold check (reserved <= on_hand)
) with (fillfactor = 70);

-- Every change of stock with its reason: the sums of the movements are the stock.
create table stock_movements (
    id              bigint generated always as identity primary key,
    variant_id      uuid not null references variants,
    at              timestamptz not null,
    kind            text not null constraint stock_movements_kind_known check (kind in ('counted', 'reserved', 'released', 'shipped')),
    on_hand_change  bigint not null,
    reserved_change bigint not null,
    seller_order_id uuid,
    actor_kind      text not null,
    person_id       uuid
);
create index stock_movements_variant on stock_movements (variant_id, id);
create index stock_movements_seller_order on stock_movements (seller_order_id) where seller_order_id is not null;
create trigger stock_movements_append_only before update or delete or truncate on stock_movements
    for each statement execute function refuse_change();

create table product_photos (
    product_id uuid not null references products,
    position   smallint not null constraint product_photos_at_most_eight check (position between 1 and 8),
    photo_id   uuid not null references photos,
    alt        text not null default '',
    -- A drawing that stands in for a photograph of the real goods.
    is_drawn   boolean not null default false,
    constraint product_photos_pkey primary key (product_id, position),
    constraint product_photos_once unique (product_id, photo_id)
);
create index product_photos_photo on product_photos (photo_id);
