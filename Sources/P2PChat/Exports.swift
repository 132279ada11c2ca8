// A front end imports this library and nothing below it: what it needs of the floors below comes
// with it.
@_exported public import ChatControl
@_exported public import ChatCore
@_exported public import ChatIdentity
@_exported public import ChatStore
@_exported public import ChatValues
@_exported public import ChatWire
@_exported public import Logging
