-- Whether a shop sells now: approved, not suspended, not on holiday. Said once; cart, orders, lists and search ask
-- with the row, `is_selling(sellers)`, so that the planner sees through it. That a pause or an announced suspension
-- begins or ends with a day is seen to by the worker, which also tells the search index.
create function is_selling(seller sellers) returns boolean language sql immutable as $$
    select seller.status = 'approved' and seller.paused_since is null
$$;
