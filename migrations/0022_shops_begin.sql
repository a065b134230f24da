-- A shop is begun before it sells: a draft that its household fills in, handed in to an officer, who approves
-- it or returns it with reasons; a closed one is kept for its orders.
alter table sellers drop constraint sellers_status_known;
alter table sellers add constraint sellers_status_known
    check (status in ('draft', 'submitted', 'returned', 'approved', 'suspended', 'closed'));
