// An S7 server and a client, both of node-snap7, for record.sh.
//
//   s7.js serve
//   s7.js poll HOST SECONDS PERIOD REQUEST...
//
// A request is read:DB:START:SIZE, write:DB:START:BYTE,BYTE..., "order" (SZL
// 0011), "cpu" (SZL 001c) or "blocks" (list of blocks).
"use strict";
const snap7 = require("node-snap7");

const RACK = 0;
const SLOT = 2;

function serve() {
	const server = new snap7.S7Server();

	for (const [number, size] of [[1, 64], [2, 128], [10, 32]]) {
		const area = Buffer.alloc(size);

		for (let i = 0; i < size; i++)
			area[i] = (number * 7 + i * 13) & 0xff;
		server.RegisterArea(server.srvAreaDB, number, area);
	}
	if (!server.StartTo("0.0.0.0"))
		throw new Error("port 102: error " + server.LastError());
	setInterval(() => {}, 1000);
}

// Without a callback these calls wait for the answer.
function ask(client, request) {
	const [what, db, start, rest] = request.split(":");

	if (what === "order")
		return client.GetOrderCode();
	if (what === "cpu")
		return client.GetCpuInfo();
	if (what === "blocks")
		return client.ListBlocks();
	if (what === "read")
		return client.DBRead(Number(db), Number(start), Number(rest));
	const bytes = Buffer.from(rest.split(",").map(Number));

	return client.DBWrite(Number(db), Number(start), bytes.length, bytes);
}

function poll(host, seconds, period, ...requests) {
	const client = new snap7.S7Client();
	const end = Date.now() + seconds * 1000;
	const failed = (what) => {
		console.error(`s7.js: ${host}: ${what}: ` +
		    client.ErrorText(client.LastError()));
	};
	const round = () => {
		for (const request of requests)
			if (ask(client, request) === false)
				failed(request);
		if (Date.now() + period * 1000 > end)
			client.Disconnect();
		else
			setTimeout(round, period * 1000);
	};

	if (client.ConnectTo(host, RACK, SLOT))
		round();
	else
		failed("connect");
}

const [, , verb, ...rest] = process.argv;

({ serve, poll })[verb](...rest);
