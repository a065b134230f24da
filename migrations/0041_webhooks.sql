-- Programs that hear of what happens, instead of asking again and again.

create table webhook_endpoints (
    id            uuid primary key,
    -- Who subscribed; nothing is sent once that account is closed.
    person_id     uuid not null references people,
    -- The shop whose orders it hears of; none where it hears of goods only.
    seller_id     uuid references sellers,
    url           text not null constraint webhook_endpoints_url_length check (length(url) between 10 and 500),
    topics        text[] not null
                  constraint webhook_endpoints_topics_known check (topics <@ array['product.changed', 'order.changed'] and topics <> '{}'),
    -- Sealed with the installation's key.
    secret        bytea not null,
    created_at    timestamptz not null,
    -- The first failure since the last success.
    failing_since timestamptz,
    -- It failed for so long that nothing is sent any more.
    disabled_at   timestamptz,
    constraint webhook_endpoints_orders_of_a_shop check (seller_id is not null or not topics @> array['order.changed'])
);
create index webhook_endpoints_person on webhook_endpoints (person_id, created_at);
create index webhook_endpoints_live on webhook_endpoints using gin (topics) where disabled_at is null;

-- What is to be sent, and what became of it. The body is made when it is sent, from what is true then.
create table webhook_deliveries (
    id            uuid primary key,
    endpoint_id   uuid not null references webhook_endpoints on delete cascade,
    topic         text not null constraint webhook_deliveries_topic_known check (topic in ('product.changed', 'order.changed', 'ping')),
    subject       uuid not null,
    happened_at   timestamptz not null,
    available_at  timestamptz not null,
    claimed_until timestamptz,
    attempts      integer not null default 0,
    delivered_at  timestamptz,
    given_up_at   timestamptz,
    last_error    text
);
-- What happened to the same thing again before it was sent is told once.
create unique index webhook_deliveries_first_try on webhook_deliveries (endpoint_id, topic, subject)
    where attempts = 0 and delivered_at is null and given_up_at is null;
create index webhook_deliveries_due on webhook_deliveries (available_at) where delivered_at is null and given_up_at is null;
create index webhook_deliveries_over on webhook_deliveries (happened_at) where delivered_at is not null or given_up_at is not null;
create index webhook_deliveries_endpoint on webhook_deliveries (endpoint_id, happened_at desc);
