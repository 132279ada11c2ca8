public import ArgumentParser
public import ChatIdentity

extension KeyType: ExpressibleByArgument {}
