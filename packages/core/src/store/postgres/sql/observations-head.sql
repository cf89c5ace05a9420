-- Where the stream of observations ends now.
select coalesce(max(number), 0) as head from observations
