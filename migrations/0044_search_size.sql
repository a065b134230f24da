-- Documents stand in 64 lots by chance. Where very many match, one lot or eight are counted and stand for all.

alter table search_documents
    add lot smallint not null generated always as ((uuid_hash_extended(product_id, 0) & 63)::smallint) stored;
create index search_documents_one_lot on search_documents (product_id) where lot < 1;
create index search_documents_one_lot_words on search_documents using gin (words) where lot < 1;
create index search_documents_some_lots on search_documents (product_id) where lot < 8;
create index search_documents_some_lots_words on search_documents using gin (words) where lot < 8;

-- Each field by itself: names rank first, and shops and communes are offered by theirs.
create index search_documents_name_words on search_documents using gin (ts_filter(words, '{a}'));
create index search_documents_seller_words on search_documents using gin (ts_filter(words, '{b}'));
create index search_documents_place_words on search_documents using gin (ts_filter(words, '{c}'));
