// Search in the mail on this device.

package org.satchel.mail

/** Finds messages on this device. */
class Search internal constructor(
    private val core: Core,
) {
    /**
     * What a query finds, newest first: words, and `from: to: cc: subject: has:attachment is:unread is:flagged before:
     * after: in:`. [limit] is held to 1…100; [before] is the `next` of the page before.
     *
     * @throws MailFailure `InvalidInput` says what is wrong with the query.
     */
    suspend fun page(
        query: String,
        account: AccountId? = null,
        limit: Int,
        before: String? = null,
    ): PageView = core.ask { search(query, account, limit.counted(), before) }
}
