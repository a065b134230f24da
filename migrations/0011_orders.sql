-- What buyers placed; one part for each seller; lines that keep what was seen on the day.

create table orders (
    id              uuid primary key,
    code            text not null constraint orders_code_once unique,
    -- Whoever holds the address with this token follows the order: the buyer's only key as a guest.
    access_token    text not null,
    -- Made when the form was shown: the same form twice is one order.
    idempotency_key uuid not null constraint orders_idempotency_key_once unique,
    person_id       uuid references people,
    contact_name    text not null,
    contact_phone   text not null constraint orders_phone_e164 check (contact_phone ~ '^\+84[0-9]{9,10}$'),
    commune_id      integer not null references communes,
    commune_name    text not null,
    province_name   text not null,
    street          text not null,
    note            text not null default '',
    channel         text not null default 'own',
    payment_method  text not null constraint orders_payment_method_known check (payment_method in ('cod', 'vietqr', 'card')),
    items_vnd       bigint not null,
    shipping_vnd    bigint not null,
    total_vnd       bigint not null,
    is_sample       boolean not null default false,
    placed_at       timestamptz not null,
    constraint orders_total_adds_up check (total_vnd = items_vnd + shipping_vnd and items_vnd > 0 and shipping_vnd >= 0)
);
create index orders_placed on orders (placed_at);
create index orders_person on orders (person_id, placed_at desc) where person_id is not null;

create table seller_orders (
    id                uuid primary key,
    order_id          uuid not null references orders,
    position          smallint not null,
    seller_id         uuid not null references sellers,
    -- As they were on the day of sale.
    seller_name       text not null,
    seller_kind       text not null,
    commune_id        integer not null references communes,
    former_commune_id integer references communes,
    state             text not null constraint seller_orders_state_known check (state in ('placed', 'confirmed', 'packed', 'shipped', 'delivered', 'completed', 'cancelled', 'returned')),
    items_vnd         bigint not null,
    shipping_vnd      bigint not null,
    total_vnd         bigint not null,
    placed_at         timestamptz not null,
    -- Not confirmed by then: cancelled by the worker, and the stock is back.
    confirm_by        timestamptz not null,
    state_since       timestamptz not null,
    constraint seller_orders_position_once unique (order_id, position),
    constraint seller_orders_seller_once unique (order_id, seller_id),
    constraint seller_orders_total_adds_up check (total_vnd = items_vnd + shipping_vnd and items_vnd > 0 and shipping_vnd >= 0)
) with (fillfactor = 80);
create index seller_orders_board on seller_orders (seller_id, placed_at desc);
create index seller_orders_placed on seller_orders (placed_at);
create index seller_orders_unconfirmed on seller_orders (confirm_by) where state = 'placed';

create table order_lines (
    id                 uuid primary key,
    seller_order_id    uuid not null references seller_orders,
    position           smallint not null,
    product_id         uuid not null references products,
    variant_id         uuid not null references variants,
    -- A snapshot of the day of sale: no later change of the product touches it.
    product_code       text not null,
    name               text not null,
    variant_name       text not null,
    unit               text not null,
    unit_note          text not null,
    price_vnd          bigint not null constraint order_lines_price_positive check (price_vnd > 0),
    quantity           bigint not null constraint order_lines_quantity_positive check (quantity > 0),
    line_vnd           bigint not null constraint order_lines_line_positive check (line_vnd > 0),
    stars              smallint,
    certificate_number text,
    group_code         text not null,
    set_number         smallint,
    tax_class          text not null,
    constraint order_lines_position_once unique (seller_order_id, position)
);
create index order_lines_product on order_lines (product_id);
create index order_lines_variant on order_lines (variant_id);

create table order_events (
    id              bigint generated always as identity primary key,
    seller_order_id uuid not null references seller_orders,
    at              timestamptz not null,
    event           text not null,
    from_state      text,
    to_state        text not null,
    actor_kind      text not null,
    person_id       uuid,
    reason          text not null default ''
);
create index order_events_seller_order on order_events (seller_order_id, id);
create trigger order_events_append_only before update or delete or truncate on order_events
    for each statement execute function refuse_change();
