import ChatWire
import NIOCore
import Testing

@Suite struct FrameDecodingTests {
    static let id = "00112233-4455-6677-8899-aabbccddeeff"

    @Test func helloWithAllItsKeys() throws {
        let hello = try frame(
            #"{"type":"hello","version":1,"username":"bob","port":5555,"features":["a","b"],"instance":"x1","rendezvous":"none","timestamp":1764000000.25}"#
        )
        #expect(
            hello
                == .hello(
                    Hello(
                        username: "bob", port: 5555, features: ["a", "b"], instance: "x1",
                        rendezvous: "none", timestamp: 1_764_000_000.25)))
    }

    @Test func helloWithOnlyWhatItMustHave() throws {
        #expect(
            try frame(#"{"username":"bob","version":1.0,"type":"hello"}"#)
                == .hello(Hello(username: "bob")))
    }

    @Test func messageWithAndWithoutType() throws {
        let id = try #require(MessageID(Self.id))
        let message = Message(id: id, sender: "bob", content: "hé\n", timestamp: 1_764_000_000.25)
        #expect(
            try frame(
                #"{"type":"message","id":"\#(Self.id)","sender":"bob","content":"h\u00e9\n","timestamp":1764000000.25}"#
            ) == .message(message))
        #expect(
            try frame(
                #"{"timestamp":17640000.0025E2,"content":"hé\n","sender":"bob","id":"\#(Self.id.uppercased())"}"#
            ) == .message(message))
        #expect(
            try frame(#"{"sender":"","content":"","timestamp":0}"#)
                == .message(Message(sender: "", content: "", timestamp: 0)))
    }

    @Test func receipts() throws {
        let id = try #require(MessageID(Self.id))
        #expect(
            try frame(#"{"type":"receipt","id":"\#(Self.id)","state":"delivered"}"#)
                == .receipt(Receipt(id: id, state: .delivered)))
        #expect(
            try frame(#"{"type":"receipt","id":"\#(Self.id)","state":"read"}"#)
                == .receipt(Receipt(id: id, state: .read)))
    }

    @Test func presence() throws {
        #expect(
            try frame(
                #"{"type": "user_presence", "action": "online", "username": "alice", "ip": "192.0.2.7", "port": 5555}"#
            )
                == .presence(
                    UserPresence(action: .online, username: "alice", ip: "192.0.2.7", port: 5555)))
        #expect(
            try frame(#"{"type": "user_presence", "action": "offline", "username": "alice"}"#)
                == .presence(UserPresence(action: .offline, username: "alice")))
        #expect(
            try frame(#"{"type":"user_presence","action":"away","username":"a","ip":"","port":0}"#)
                == .presence(UserPresence(action: .away, username: "a", port: 0)))
    }

    @Test func presenceLists() throws {
        #expect(try frame(#"{"type":"presence_list"}"#) == .presenceList(PresenceList()))
        #expect(
            try frame(#"{"type":"presence_list","users":{}}"#)
                == .presenceList(PresenceList(users: [])))
        #expect(
            try frame(
                #"{"type": "presence_list", "users": {"alice": {"ip": "192.0.2.7", "port": 5555}, "\u0062": {"x": [{}]}}}"#
            )
                == .presenceList(
                    PresenceList(users: [
                        .init(name: "alice", ip: "192.0.2.7", port: 5555), .init(name: "b"),
                    ])))
    }

    @Test func theSmallOnes() throws {
        #expect(try frame(#"{"type":"ping"}"#) == .ping)
        #expect(try frame(#"{"type":"pong"}"#) == .pong)
        #expect(try frame(#"{"type":"typing","active":true}"#) == .typing(Typing(active: true)))
        #expect(try frame(#"{"type":"typing","active":false}"#) == .typing(Typing(active: false)))
        #expect(try frame(#"{"type":"bye"}"#) == .bye(Bye()))
        #expect(try frame(#"{"type":"bye","reason":"quit"}"#) == .bye(Bye(reason: .quit)))
        #expect(
            try frame(#"{"type":"bye","reason":"tea-time"}"#)
                == .bye(Bye(reason: Bye.Reason(rawValue: "tea-time"))))
        #expect(
            try frame(#"{"type":"error","code":"bad-json","reason":"Why not."}"#)
                == .error(ErrorFrame(code: .badJSON, reason: "Why not.")))
        #expect(
            try frame(#"{"type":"error","code":"bad-json"}"#)
                == .error(ErrorFrame(code: .badJSON, reason: "")))
    }

    @Test func whatIsNotKnownIsPassedOver() throws {
        #expect(try frame("{}") == .unknown(type: nil))
        #expect(try frame(#"{"sender":"bob"}"#) == .unknown(type: nil))
        #expect(try frame(#"{"content":1}"#) == .unknown(type: nil))
        #expect(try frame(#"{"type":"dance","content":1,"port":-1}"#) == .unknown(type: "dance"))
        #expect(
            try frame(#"{"a":[1,2.5e-3,{"b":null}],"type":"ping","c":{"d":[true,false]},"":""}"#)
                == .ping)
        // A known key that this type does not have may have any value.
        #expect(try frame(#"{"type":"ping","content":17,"id":{},"users":1e999}"#) == .ping)
    }

    @Test func keysAndTypesMayBeEscaped() throws {
        #expect(try frame(#"{"\u0074yp\u0065":"p\u0069ng"}"#) == .ping)
    }

    @Test(arguments: [
        (#"{"type":"hello","version":1}"#, "username"),
        (#"{"type":"hello","username":"bob"}"#, "version"),
        (#"{"type":"hello","version":"1","username":"bob"}"#, "version"),
        (#"{"type":"hello","version":1.5,"username":"bob"}"#, "version"),
        (#"{"type":"hello","version":1,"username":""}"#, "username"),
        (#"{"type":"hello","version":1,"username":"bob","port":65536}"#, "port"),
        (#"{"type":"hello","version":1,"username":"bob","port":-1}"#, "port"),
        (#"{"type":"hello","version":1,"username":"bob","port":"5555"}"#, "port"),
        (#"{"type":"hello","version":1,"username":"bob","port":null}"#, "port"),
        (#"{"type":"hello","version":1,"username":"bob","features":{}}"#, "features"),
        (#"{"type":"hello","version":1,"username":"bob","features":[1]}"#, "features"),
        (#"{"type":"hello","version":1,"username":"bob","features":["a b"]}"#, "features"),
        (#"{"type":"hello","version":1,"username":"bob","instance":1}"#, "instance"),
        (#"{"type":"hello","version":1,"username":"bob","instance":"é"}"#, "instance"),
        (#"{"type":"hello","version":1,"username":"bob","rendezvous":7}"#, "rendezvous"),
        (#"{"type":"hello","version":1,"username":"bob","rendezvous":""}"#, "rendezvous"),
        (#"{"type":"message","content":"","timestamp":0}"#, "sender"),
        (#"{"type":"message","sender":"","timestamp":0}"#, "content"),
        (#"{"sender":"","content":""}"#, "timestamp"),
        (#"{"sender":"","content":1,"timestamp":0}"#, "content"),
        (#"{"sender":["a"],"content":"","timestamp":0}"#, "sender"),
        (#"{"sender":"","content":"","timestamp":"0"}"#, "timestamp"),
        (#"{"sender":"","content":"","timestamp":null}"#, "timestamp"),
        (#"{"sender":"","content":"","timestamp":1e999}"#, "timestamp"),
        (#"{"sender":"","content":"","timestamp":-1E400}"#, "timestamp"),
        (#"{"id":"1","sender":"","content":"","timestamp":0}"#, "id"),
        (#"{"id":null,"sender":"","content":"","timestamp":0}"#, "id"),
        (#"{"type":"receipt","state":"read"}"#, "id"),
        (#"{"type":"receipt","id":"00112233-4455-6677-8899-aabbccddeef","state":"read"}"#, "id"),
        (#"{"type":"receipt","id":"00112233-4455-6677-8899-aabbccddeeff"}"#, "state"),
        (
            #"{"type":"receipt","id":"00112233-4455-6677-8899-aabbccddeeff","state":"eaten"}"#,
            "state"
        ),
        (#"{"type":"user_presence","username":"a"}"#, "action"),
        (#"{"type":"user_presence","action":"asleep","username":"a"}"#, "action"),
        (#"{"type":"user_presence","action":"away"}"#, "username"),
        (#"{"type":"user_presence","action":"away","username":7}"#, "username"),
        (#"{"type":"user_presence","action":"away","username":"a","ip":7}"#, "ip"),
        (#"{"type":"user_presence","action":"away","username":"a","ip":"1 2"}"#, "ip"),
        (#"{"type":"user_presence","action":"away","username":"a","ip":"1\u001b2"}"#, "ip"),
        (#"{"type":"user_presence","action":"away","username":"a","port":1e999}"#, "port"),
        (#"{"type":"presence_list","users":[]}"#, "users"),
        (#"{"type":"presence_list","users":null}"#, "users"),
        (#"{"type":"presence_list","users":{"a":1}}"#, "users"),
        (#"{"type":"presence_list","users":{"a":{"port":70000}}}"#, "port"),
        (#"{"type":"typing"}"#, "active"),
        (#"{"type":"typing","active":1}"#, "active"),
        (#"{"type":"error"}"#, "code"),
        (#"{"type":"error","code":"","reason":""}"#, "code"),
        (#"{"type":"error","code":"x","reason":1}"#, "reason"),
        (#"{"type":"bye","reason":"so long, and thanks"}"#, "reason"),
        (#"{"type":1}"#, "type"),
        (#"{"type":null,"sender":"a","content":"b","timestamp":1}"#, "type"),
    ])
    func wrongValueIsRefusedAndItsKeyNamed(line: String, key: String) throws {
        #expect(refusal(line) == .badFrame)
        let error = try #require(throws: WireError.self) {
            try Frame(parsing: .init(string: line))
        }
        #expect(error.reason.contains("\"\(key)\""))
        #expect(error.reason.last == ".")
    }

    @Test(arguments: ["0", "2", "1000000000"])
    func anotherVersionIsRefusedWhateverElseIsInTheHello(version: String) {
        #expect(
            refusal(#"{"type":"hello","version":\#(version),"username":{"new":"form"}}"#)
                == .unsupportedVersion)
    }
}
