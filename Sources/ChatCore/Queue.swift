/// First in, first out, in constant time on average: an array whose front moves along.
struct Queue<Element> {
    /// Nil from the front up to `head`: what has been taken out is not kept alive.
    private var storage: [Element?] = []
    private var head = 0

    init(_ elements: [Element] = []) {
        storage = elements
    }

    var count: Int { storage.count - head }
    var isEmpty: Bool { count == 0 }
    var first: Element? { isEmpty ? nil : storage[head] }
    /// Oldest first.
    var elements: [Element] { storage[head...].compactMap(\.self) }

    mutating func append(_ element: Element) {
        storage.append(element)
    }

    mutating func popFirst() -> Element? {
        guard !isEmpty else { return nil }
        let element = storage[head]
        storage[head] = nil
        head += 1
        if head == storage.count {
            // A burst's room is given back.
            storage.removeAll(keepingCapacity: storage.count <= 4_096)
            head = 0
        } else if head >= 64, head * 2 >= storage.count {
            storage.removeFirst(head)
            head = 0
        }
        return element
    }

    /// Takes out the oldest that satisfies the condition: in constant time where that is the first,
    /// else by moving those behind it.
    mutating func removeFirst(where condition: (Element) -> Bool) -> Element? {
        if let first, condition(first) { return popFirst() }
        guard let index = storage[head...].firstIndex(where: { $0.map(condition) ?? false }) else {
            return nil
        }
        return index == head ? popFirst() : storage.remove(at: index)
    }
}
