// Ids, sizes, a server's words and secrets as types of their own: none is taken for another or printed by mistake.

package org.satchel.mail

/** Names an account. */
@JvmInline
value class AccountId(
    /** The number the store knows it by. */
    val value: Long,
)

/** Names a mailbox. */
@JvmInline
value class MailboxId(
    /** The number the store knows it by. */
    val value: Long,
)

/** Names what was written, wherever it lies. */
@JvmInline
value class MessageId(
    /** The number the store knows it by. */
    val value: Long,
)

/** Names a message in a mailbox: what actions take, and what keys a row. It survives passes and moves. */
@JvmInline
value class PlacementId(
    /** The number the store knows it by. */
    val value: Long,
)

/** Names a conversation. */
@JvmInline
value class ThreadId(
    /** The number the store knows it by. */
    val value: Long,
)

/** Names something a person did to mail. */
@JvmInline
value class OperationId(
    /** The number the store knows it by. */
    val value: Long,
)

/** A number of bytes. */
@JvmInline
value class ByteCount(
    /** How many. */
    val bytes: Long,
) : Comparable<ByteCount> {
    override fun compareTo(other: ByteCount): Int = bytes.compareTo(other.bytes)
}

/** Words a server said: for the person, never for a log. Printing it tells only how long it is. */
data class ServerText(
    /** The words; empty if it said nothing. */
    val forPerson: String,
) {
    override fun toString(): String = "ServerText(${forPerson.length} characters)"
}

/** A password or token on its way through. It has no equality and does not print. */
class Secret(
    private val words: String,
) {
    /** The secret itself: hand it to the platform's own store, and to nothing else. */
    fun reveal(): String = words

    override fun toString(): String = "Secret"
}
