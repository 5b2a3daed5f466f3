-- Doses of one `district` of the province `area` in the days that are kept of sites.
SELECT shown(sum(doses)) AS doses FROM doses_by_district_day
WHERE area_code = getvariable('area') AND district_code = getvariable('district')
  AND day >= (SELECT min(day) FROM doses_by_site_day)
