// ChatWire
