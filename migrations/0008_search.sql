-- The PostgreSQL search engine's index: one row for each published product with all that a list shows,
-- filters and ranks by, written by a worker from the outbox and rebuilt at any time.

create table search_documents (
    product_id     uuid primary key references products,
    code           text not null,
    slug           text not null,
    name           text not null,
    -- The name without marks, for ranking.
    name_key       text not null,
    -- Every word twice, without its marks and with them: A the name, B the seller, C the places, D the rest.
    words          tsvector not null,
    seller_id      uuid not null,
    seller_slug    text not null,
    seller_name    text not null,
    seller_kind    text not null,
    group_code     text not null,
    set_number     smallint,
    commune_id     integer not null,
    commune_code   text not null,
    commune_name   text not null,
    -- Shown only from stars_from to stars_to.
    stars          smallint,
    stars_from     date,
    stars_to       date,
    price_vnd      bigint not null,
    unit           text not null,
    unit_note      text not null,
    in_stock       boolean not null,
    season_months  smallint[] not null,
    -- The first photograph: id, and its variants' keys by width and format as the card needs them.
    image          jsonb,
    image_is_drawn boolean not null default false,
    sold           bigint not null default 0,
    -- What the ranking gives apart from any text typed: season, stock, certificate, recent sales.
    standing       real not null default 0,
    published_at   timestamptz not null
);
create index search_documents_standing on search_documents (standing desc, published_at desc, product_id);
create index search_documents_newest on search_documents (published_at desc, product_id);
create index search_documents_price on search_documents (price_vnd, product_id);
create index search_documents_sold on search_documents (sold desc, product_id);
create index search_documents_group on search_documents (group_code, standing desc, published_at desc, product_id);
create index search_documents_commune on search_documents (commune_code, standing desc, published_at desc, product_id);
create index search_documents_seller on search_documents (seller_slug, standing desc, published_at desc, product_id);
create index search_documents_stars on search_documents (stars, standing desc, published_at desc, product_id);
create index search_documents_words on search_documents using gin (words);
