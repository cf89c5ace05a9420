-- A batch of plans in one transaction and one round trip: the ordering lock, guards, writes, events, wake-ups.
select slipway_commit($1::json, $2) as answer
