#!/usr/bin/python3
"""The web page of a controller, Python's http.server, for record.sh.

  web.py SERVER TITLE
"""
import http.server
import sys

SERVER, TITLE = sys.argv[1:]


class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def version_string(self):
        return SERVER

    def do_GET(self):
        body = ("<html><head><title>%s</title></head><body><h1>%s</h1>"
                "</body></html>\n" % (TITLE, TITLE)).encode()
        found = self.path in ("/", "/index.htm", "/diag.htm")
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("0.0.0.0", 80), Page).serve_forever()
