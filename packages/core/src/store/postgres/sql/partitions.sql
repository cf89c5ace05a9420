-- Makes partitions of the log ahead and drops old ones.
select slipway_partitions($1::interval, $2)
