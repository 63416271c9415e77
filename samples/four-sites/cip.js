// Reads a controller's identity and tags with ethernet-ip, for record.sh.
//
//   cip.js HOST SECONDS PERIOD TAG...
"use strict";
const { Controller, Tag } = require("ethernet-ip");

async function poll(host, seconds, period, ...names) {
	const plc = new Controller();
	const tags = names.map((name) => new Tag(name));
	const end = Date.now() + seconds * 1000;

	await plc.connect(host, 0);
	while (Date.now() + period * 1000 <= end) {
		for (const tag of tags)
			await plc.readTag(tag);
		await new Promise((done) => setTimeout(done, period * 1000));
	}
	plc.destroy();
}

poll(...process.argv.slice(2)).catch((error) => {
	console.error("cip.js: " + (error.message || JSON.stringify(error)));
	process.exit(1);
});
