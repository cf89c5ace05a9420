-- Version of the newest committed event; never the sequence's value, which runs ahead of commits.
select coalesce(max(version), 1) as head from events
