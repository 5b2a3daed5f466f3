-- Grain: store of the site $site. Inputs: store.
SELECT store_code AS code FROM store WHERE site_code = $site ORDER BY store_code
