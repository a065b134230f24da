-- Orders of three lines of two sellers, other goods each time.
local lines = {}
for line in io.lines(os.getenv("VARIANTS")) do
  local one, two, three = line:match("(%S+) (%S+) (%S+)")
  lines[#lines + 1] = { one, two, three }
end
math.randomseed(os.time())

request = function()
  local goods = lines[math.random(#lines)]
  local body = string.format(
    '{"lines":[{"variant_id":"%s","quantity":1},{"variant_id":"%s","quantity":1},{"variant_id":"%s","quantity":2}],'
      .. '"contact":{"name":"Thử","phone":"0987654321"},"address":{"commune_code":"31338","street":"Số 1"},"payment_method":"cod"}',
    goods[1], goods[2], goods[3]
  )
  return wrk.format("POST", nil, { ["content-type"] = "application/json" }, body)
end

done = function(summary)
  if summary.errors.status > 0 then io.stderr:write(summary.errors.status .. " checkouts were refused\n") end
end
