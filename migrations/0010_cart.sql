-- Carts of guests and accounts. Prices and stock are not kept here: they are looked up whenever the cart shows.

create table carts (
    id         uuid primary key,
    -- SHA-256 of the cookie.
    token_hash bytea not null constraint carts_token_once unique,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create index carts_updated on carts (updated_at);

create table cart_lines (
    cart_id    uuid not null references carts on delete cascade,
    variant_id uuid not null references variants,
    quantity   bigint not null constraint cart_lines_quantity_positive check (quantity > 0),
    added_at   timestamptz not null,
    constraint cart_lines_pkey primary key (cart_id, variant_id)
);
