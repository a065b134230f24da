-- What buyer and seller say to each other about a part of an order.

create table order_messages (
    id              uuid primary key,
    seller_order_id uuid not null references seller_orders,
    from_seller     boolean not null,
    -- Who of the shop wrote it, or the buyer where signed in.
    person_id       uuid references people,
    text            text not null constraint order_messages_text_length check (char_length(text) between 1 and 1000),
    at              timestamptz not null,
    -- When the other side saw it.
    read_at         timestamptz constraint order_messages_read_after check (read_at >= at)
);
create index order_messages_part on order_messages (seller_order_id, at, id);
create index order_messages_unread on order_messages (seller_order_id, from_seller) where read_at is null;
create index order_messages_person on order_messages (person_id) where person_id is not null;
