// The boundary's ids, sizes, server words and secrets as types of Swift.
import Foundation

/// Native types of what crosses the boundary as plain numbers and strings.
public enum Native {
    /// An account.
    public struct AccountId: Identifier {
        /// The number it has in the store.
        public let value: Int64
        /// The account of that number.
        public init(_ value: Int64) { self.value = value }
    }

    /// A mailbox.
    public struct MailboxId: Identifier {
        /// The number it has in the store.
        public let value: Int64
        /// The mailbox of that number.
        public init(_ value: Int64) { self.value = value }
    }

    /// What was written, wherever it is shown.
    public struct MessageId: Identifier {
        /// The number it has in the store.
        public let value: Int64
        /// The message of that number.
        public init(_ value: Int64) { self.value = value }
    }

    /// A message in a mailbox: what rows are keyed by and what actions take.
    public struct PlacementId: Identifier {
        /// The number it has in the store.
        public let value: Int64
        /// The placement of that number.
        public init(_ value: Int64) { self.value = value }
    }

    /// A conversation.
    public struct ThreadId: Identifier {
        /// The number it has in the store.
        public let value: Int64
        /// The conversation of that number.
        public init(_ value: Int64) { self.value = value }
    }

    /// Something a person did to mail.
    public struct OperationId: Identifier {
        /// The number it has in the store.
        public let value: Int64
        /// The operation of that number.
        public init(_ value: Int64) { self.value = value }
    }

    /// A number of bytes.
    public struct ByteCount: Hashable, Sendable, Comparable, Codable {
        /// How many.
        public let bytes: Int64
        /// So many bytes.
        public init(_ bytes: Int64) { self.bytes = bytes }
        /// Fewer comes first.
        public static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }
    }

    /// Words a server said: for the person, never for a log. Printing it tells its length only.
    public struct ServerText: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
        CustomReflectable
    {
        /// The words, to be shown to the person.
        public let forPerson: String
        /// Wraps a server's words.
        public init(_ forPerson: String) { self.forPerson = forPerson }
        /// The length.
        public var description: String { "ServerText(\(forPerson.count) characters)" }
        /// The length.
        public var debugDescription: String { description }
        /// Nothing: dumps and debuggers print it.
        public var customMirror: Mirror { Mirror(self, children: []) }
    }

    /// A password or token on its way through. Printing it tells nothing.
    public struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
        CustomReflectable
    {
        private let words: String
        /// Wraps a password or token.
        public init(_ words: String) { self.words = words }
        /// The password or token, for the credential store.
        public func reveal() -> String { words }
        /// Says only what it is.
        public var description: String { "Secret" }
        /// Says only what it is.
        public var debugDescription: String { description }
        /// Nothing: dumps and debuggers print it.
        public var customMirror: Mirror { Mirror(self, children: []) }
    }

    /// What all ids can do.
    public protocol Identifier: Hashable, Sendable, Comparable, Codable {
        /// The number it has in the store.
        var value: Int64 { get }
    }
}

extension Native.Identifier {
    /// Older comes first.
    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}
