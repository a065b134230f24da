-- Sales by day, made from the order lines alone: thrown away and rebuilt, it comes out the same.
-- An order belongs to one day, so that counts of orders by day and key add up over days.

create table sales_daily (
    -- The business day of placing, Asia/Ho_Chi_Minh.
    day         date not null,
    -- total, group, stars, commune, former_commune, seller, product, channel, payment_method
    dimension   text not null,
    key         text not null,
    orders      bigint not null,
    -- Thousandths of whatever unit.
    units       bigint not null,
    gross_vnd   bigint not null,
    refunds_vnd bigint not null,
    -- Of the gross: delivered and paid.
    settled_vnd bigint not null,
    constraint sales_daily_pkey primary key (dimension, day, key)
);

-- What the reports read of orders and payments: every line of a part that was not cancelled.
create view report_lines as
select
    (part.placed_at at time zone 'Asia/Ho_Chi_Minh')::date as day,
    part.order_id,
    part.id as seller_order_id,
    part.seller_id,
    part.seller_kind,
    part.commune_id,
    part.former_commune_id,
    part.state,
    part.placed_at,
    orders.channel,
    orders.payment_method,
    line.product_id,
    line.group_code,
    line.stars,
    line.quantity,
    line.line_vnd,
    payments.status as payment_status
from order_lines as line
join seller_orders as part on part.id = line.seller_order_id
join orders on orders.id = part.order_id
join payments on payments.seller_order_id = part.id
where part.state <> 'cancelled';
