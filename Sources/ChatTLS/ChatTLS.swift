// ChatTLS
