-- Whose cart it is, what is kept for later, what prices were seen, and carts that are shown to others.

alter table carts
    alter column token_hash drop not null,
    -- A person has one cart, on whatever device; a guest's is that of a cookie.
    add person_id uuid constraint carts_once_a_person unique references people,
    add constraint carts_somebodys check ((token_hash is null) <> (person_id is null));

alter table cart_lines
    -- The price of one unit when the buyer put it in or changed it last; unknown of what is older than this column.
    add seen_vnd bigint constraint cart_lines_seen_positive check (seen_vnd > 0),
    -- Kept for later: shown beside the cart and never ordered with it.
    add is_saved boolean not null default false;

-- Carts as they were when their owners made a link of them, for whoever has the link.
create table shared_carts (
    code       text primary key constraint shared_carts_code_form check (code ~ '^[a-z2-7]{12}$'),
    created_at timestamptz not null
);
create index shared_carts_created on shared_carts (created_at);

create table shared_cart_lines (
    code       text not null references shared_carts on delete cascade,
    position   smallint not null,
    variant_id uuid not null references variants,
    quantity   bigint not null constraint shared_cart_lines_quantity_positive check (quantity > 0),
    constraint shared_cart_lines_pkey primary key (code, position)
);
create index shared_cart_lines_variant on shared_cart_lines (variant_id);
