-- A shop hears of a new order at once, and once more before its time to confirm is over.

alter table seller_orders
    add told_at timestamptz,
    add reminded_at timestamptz;
update seller_orders set told_at = placed_at, reminded_at = placed_at;
create index seller_orders_untold on seller_orders (placed_at) where told_at is null;
create index seller_orders_unreminded on seller_orders (confirm_by) where state = 'placed' and reminded_at is null;
