-- How an order came to be typed: by its buyer, or by the seller while the buyer was on the telephone.

alter table orders add entry text not null default 'buyer' constraint orders_entry_known check (entry in ('buyer', 'phone'));
