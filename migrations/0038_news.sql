-- What pages and search show follows within two seconds; reports may take their time. So news of an order is taken
-- twice: first for what is left of its goods, then, under a topic of its own, for the days that it changes.
alter table outbox drop constraint outbox_topic_known;
alter table outbox add constraint outbox_topic_known
    check (topic in ('product_changed', 'seller_changed', 'order_changed', 'sales_changed'));
drop index outbox_due;
create index outbox_due on outbox (id) where dead_at is null and topic <> 'sales_changed';
create index outbox_sales_due on outbox (id) where dead_at is null and topic = 'sales_changed';
