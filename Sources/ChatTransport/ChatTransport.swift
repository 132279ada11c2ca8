// ChatTransport
