// P2PChat
