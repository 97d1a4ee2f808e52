// Runs once, when the database volume is empty: the application's own user, allowed to read and write one database and nothing else.
const fs = require("node:fs");
const uri = new URL(fs.readFileSync("/run/secrets/mongo_uri", "utf8").trim());
db.getSiblingDB("shangquan").createUser({
  user: decodeURIComponent(uri.username),
  pwd: decodeURIComponent(uri.password),
  roles: [{ role: "readWrite", db: "shangquan" }],
  mechanisms: ["SCRAM-SHA-256"],
});
