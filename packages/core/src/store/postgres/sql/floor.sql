-- Changes up to this version are no longer kept. Read after the events: what was dropped in between then shows.
select version as floor from event_floor
