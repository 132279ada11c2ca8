"""Routers that open ports when asked: NAT-PMP (RFC 6886) and UPnP-IGD, as far as p2pchat goes.

They open nothing; they record what they are asked, and answer as a router would.
"""

import contextlib
import os
import re
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from .networks import enter
from .waiting import Deadline


@contextlib.contextmanager
def inside(namespace):
    """Sockets made meanwhile, by this thread, are of that namespace."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    there = os.open(f"/run/netns/{namespace}", os.O_RDONLY | os.O_CLOEXEC)
    try:
        enter(there)
        yield
    finally:
        enter(home)
        os.close(home)
        os.close(there)


class Router:
    def __init__(self, external="25.0.0.9"):
        # Only said, never dialled. miniupnpc takes no router that has an address set aside for
        # documentation.
        self.external = external
        # What was asked: ("map" or "unmap", the port inside, the port outside, seconds).
        self.asked = []
        self._news = threading.Condition()
        self._sockets = []

    def record(self, *what):
        with self._news:
            self.asked.append(what)
            self._news.notify_all()

    def wait_for(self, kind, timeout=None):
        deadline = Deadline(timeout)
        with self._news:
            while not (found := [entry for entry in self.asked if entry[0] == kind]):
                assert not deadline.passed, f"never asked to {kind}; asked {self.asked}"
                self._news.wait(deadline.left)
            return found[-1]

    def serve(self, body):
        thread = threading.Thread(target=self._until_closed, args=(body,), daemon=True)
        thread.start()

    @staticmethod
    def _until_closed(body):
        with contextlib.suppress(OSError, ValueError):
            body()

    def close(self):
        for sock in self._sockets:
            # Wakes whoever waits in it.
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()


class NATPMP(Router):
    """At the gateway's address, which clients take from their routing table."""

    def __init__(self, namespace, address, *, refuses=False, **options):
        super().__init__(**options)
        self.refuses = refuses
        with inside(namespace):
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 5351))
        self._sockets.append(self._socket)
        self.serve(self._answer)

    def _answer(self):
        while True:
            data, client = self._socket.recvfrom(1100)
            if not data:
                return
            if data[:2] == b"\0\0":
                answer = struct.pack("!BBHI4s", 0, 128, 0, 1, socket.inet_aton(self.external))
            elif data[0] == 0 and data[1] in (1, 2) and len(data) == 12:
                private, public, seconds = struct.unpack("!HHI", data[4:])
                self.record("map" if seconds else "unmap", private, public, seconds)
                # RFC 6886, 3.5: 2 is "not authorised".
                code = 2 if self.refuses else 0
                answer = struct.pack("!BBHIHHI", 0, 128 + data[1], code, 1, private,
                                     public + 1000 if seconds else 0, seconds)
            else:
                continue
            self._socket.sendto(answer, client)


DESCRIPTION = """<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0">
<specVersion><major>1</major><minor>0</minor></specVersion><device>
<deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType><deviceList><device>
<deviceType>urn:schemas-upnp-org:device:WANDevice:1</deviceType><serviceList><service>
<serviceType>urn:schemas-upnp-org:service:WANCommonInterfaceConfig:1</serviceType>
<serviceId>urn:upnp-org:serviceId:WANCommonIFC1</serviceId><controlURL>/control</controlURL>
<eventSubURL>/events</eventSubURL><SCPDURL>/scpd.xml</SCPDURL></service></serviceList>
<deviceList><device>
<deviceType>urn:schemas-upnp-org:device:WANConnectionDevice:1</deviceType><serviceList><service>
<serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType>
<serviceId>urn:upnp-org:serviceId:WANIPConn1</serviceId><controlURL>/control</controlURL>
<eventSubURL>/events</eventSubURL><SCPDURL>/scpd.xml</SCPDURL></service></serviceList>
</device></deviceList></device></deviceList></device></root>"""


class IGD(Router):
    """Found by multicast (SSDP), spoken to in SOAP over HTTP."""

    def __init__(self, host, **options):
        super().__init__(**options)
        router = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.answer(DESCRIPTION)

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                action = self.headers["SOAPAction"].strip('"').rsplit("#", 1)[1]
                self.answer(router.act(action, body))

            def answer(self, text):
                data = text.encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/xml")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        with host.within():
            self._http = HTTPServer((host.address, 0), Handler)
            self._search = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._search.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._search.bind(("", 1900))
            self._search.setsockopt(
                socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                socket.inet_aton("239.255.255.250") + socket.inet_aton(host.address))
        self.location = f"http://{host.address}:{self._http.server_port}/description.xml"
        self._sockets += [self._search, self._http.socket]
        self.serve(self._http.serve_forever)
        self.serve(self._answer_searches)

    def _answer_searches(self):
        while True:
            data, client = self._search.recvfrom(2048)
            if not data:
                return
            if not data.startswith(b"M-SEARCH"):
                continue
            wanted = re.search(rb"(?i)\r\nST: *([^\r]+)", data).group(1).decode()
            if "InternetGatewayDevice:1" in wanted:
                self._search.sendto(
                    f"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=60\r\nST: {wanted}\r\n"
                    f"USN: uuid:0::{wanted}\r\nEXT:\r\nSERVER: test\r\n"
                    f"LOCATION: {self.location}\r\n\r\n".encode(), client)

    def act(self, action, body):
        def of(name):
            found = re.search(f"<{name}[^>]*>([^<]*)<", body)
            return found.group(1) if found else ""
        members = ""
        if action == "GetStatusInfo":
            members = ("<NewConnectionStatus>Connected</NewConnectionStatus>"
                       "<NewLastConnectionError>ERROR_NONE</NewLastConnectionError>"
                       "<NewUptime>1</NewUptime>")
        elif action == "GetExternalIPAddress":
            members = f"<NewExternalIPAddress>{self.external}</NewExternalIPAddress>"
        elif action == "AddPortMapping":
            self.record("map", int(of("NewInternalPort")), int(of("NewExternalPort")),
                        int(of("NewLeaseDuration")))
        elif action == "DeletePortMapping":
            self.record("unmap", 0, int(of("NewExternalPort")), 0)
        return ('<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
                '><s:Body>'
                f'<u:{action}Response xmlns:u="urn:schemas-upnp-org:service:WANIPConnection:1">'
                f"{members}</u:{action}Response></s:Body></s:Envelope>")

    def close(self):
        self._http.shutdown()
        super().close()
