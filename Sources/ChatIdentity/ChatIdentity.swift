// ChatIdentity
