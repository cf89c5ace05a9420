-- Which master key this database was made with.
select value from settings where key = 'master-key'
