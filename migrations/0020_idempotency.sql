-- A key that comes back with other things than before means something else, and is refused. What earlier keys
-- were sent with was not kept: they are forgotten.
truncate idempotency_keys;
alter table idempotency_keys add column sent_sha256 bytea not null;
alter table idempotency_keys add constraint idempotency_keys_sha256 check (octet_length(sent_sha256) = 32);
