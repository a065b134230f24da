-- What delivery costs: by how far and how heavy. Rates are data with a day of effect.

create table shipping_rates (
    zone        text not null constraint shipping_rates_zone_known check (zone in ('commune', 'province', 'country')),
    up_to_grams integer not null constraint shipping_rates_grams_positive check (up_to_grams > 0),
    fee_vnd     bigint not null constraint shipping_rates_fee_not_negative check (fee_vnd >= 0),
    valid_from  date not null,
    constraint shipping_rates_pkey primary key (zone, up_to_grams, valid_from)
);

-- The platform's first rates; a parcel heavier than the last step pays the last step for each started multiple of it.
insert into shipping_rates (zone, up_to_grams, fee_vnd, valid_from) values
    ('commune',   2000, 10000, '2025-07-01'), ('commune',  10000, 15000, '2025-07-01'), ('commune',  30000, 25000, '2025-07-01'),
    ('province',  2000, 18000, '2025-07-01'), ('province', 10000, 28000, '2025-07-01'), ('province', 30000, 45000, '2025-07-01'),
    ('country',   2000, 30000, '2025-07-01'), ('country',  10000, 52000, '2025-07-01'), ('country',  30000, 95000, '2025-07-01');
