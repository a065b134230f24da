-- Goods that are not there yet: made once they are ordered, or from a harvest to come.

-- What a household expects to pick, and when buyers get it. One ahead for each product.
create table harvests (
    id            uuid primary key,
    product_id    uuid not null references products,
    picked_from   date not null,
    picked_to     date not null,
    -- Thousandths of the unit.
    forecast      bigint not null constraint harvests_forecast_positive check (forecast > 0),
    unit          text not null,
    -- The window in which buyers get what they ordered ahead.
    delivers_from date not null,
    delivers_to   date not null,
    announced_at  timestamptz not null,
    -- Picked, or its window is over: nobody orders ahead any more.
    ended_at      timestamptz,
    constraint harvests_days check (picked_from <= picked_to and picked_from <= delivers_from and delivers_from <= delivers_to),
    constraint harvests_of_product unique (id, product_id)
);
create unique index harvests_one_ahead on harvests (product_id) where ended_at is null;
create index harvests_over on harvests (delivers_to) where ended_at is null;

-- How goods of a way of selling come to be there. The stock of what is made to order is as much as its seller makes at
-- a time; of what is ordered ahead it is the quota. Reserved is the same for all three.
alter table variants
    add column supply text not null default 'stock'
        constraint variants_supply_known check (supply in ('stock', 'to_order', 'pre_order')),
    -- Days from the order until it is made.
    add column ready_days smallint,
    add column harvest_id uuid,
    add constraint variants_ready_days check ((supply = 'to_order') = (ready_days is not null) and ready_days between 1 and 90),
    add constraint variants_harvest check ((supply = 'pre_order') = (harvest_id is not null)),
    add constraint variants_harvest_of_product foreign key (harvest_id, product_id) references harvests (id, product_id);
create index variants_harvest_id on variants (harvest_id) where harvest_id is not null;

-- What was promised on the day of sale; only an answer of the buyer moves it.
alter table order_lines
    add column supply text not null default 'stock'
        constraint order_lines_supply_known check (supply in ('stock', 'to_order', 'pre_order')),
    add column harvest_id uuid references harvests,
    add column promised_from date,
    add column promised_to date,
    add constraint order_lines_promise check (
        (supply = 'stock') = (promised_from is null)
        and (supply = 'stock') = (promised_to is null)
        and promised_from <= promised_to
        and (supply = 'pre_order') = (harvest_id is not null));
create index order_lines_harvest on order_lines (harvest_id) where harvest_id is not null;

-- What is ordered ahead of a harvest goes by itself, in its own days, and is called off by itself.
alter table seller_orders
    add column harvest_id uuid references harvests,
    drop constraint seller_orders_seller_once,
    add constraint seller_orders_seller_once unique nulls not distinct (order_id, seller_id, harvest_id);

-- Each time the window was moved, with the words that buyers got.
create table harvest_moves (
    id            uuid primary key,
    harvest_id    uuid not null references harvests,
    at            timestamptz not null,
    actor_kind    text not null,
    person_id     uuid references people,
    was_from      date not null,
    was_to        date not null,
    delivers_from date not null,
    delivers_to   date not null,
    reason        text not null,
    constraint harvest_moves_days check (delivers_from <= delivers_to)
);
create index harvest_moves_harvest on harvest_moves (harvest_id, at);
create trigger harvest_moves_append_only before update or delete or truncate on harvest_moves
    for each statement execute function refuse_change();

-- Each buyer with open orders is asked once a move, and answers once.
create table delivery_questions (
    move_id         uuid not null references harvest_moves,
    seller_order_id uuid not null references seller_orders,
    harvest_id      uuid not null references harvests,
    was_from        date not null,
    was_to          date not null,
    answer          text constraint delivery_questions_answer_known
                    check (answer in ('kept', 'shifted', 'cancelled', 'overtaken')),
    answered_at     timestamptz,
    constraint delivery_questions_pkey primary key (move_id, seller_order_id),
    constraint delivery_questions_answered check ((answer is null) = (answered_at is null))
);
create unique index delivery_questions_one_open on delivery_questions (harvest_id, seller_order_id) where answer is null;
create index delivery_questions_part on delivery_questions (seller_order_id);
