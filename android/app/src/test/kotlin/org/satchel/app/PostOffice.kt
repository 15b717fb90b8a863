// A mail server of the test's own, in a process of its own.

package org.satchel.app

import org.satchel.mail.AccountRequest
import org.satchel.mail.Secret
import org.satchel.mail.ServerCopy
import org.satchel.mail.Trust
import java.io.File

class PostOffice : AutoCloseable {
    private val process =
        ProcessBuilder(checkNotNull(System.getProperty("postoffice")) { "say where the post office program is" })
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start()
    private val answers = process.inputReader()
    private val commands = process.outputWriter()
    private val ready =
        answers.readLine().split(' ').filter { '=' in it }.associate {
            it.substringBefore('=') to
                it.substringAfter('=')
        }

    fun tell(command: String): String {
        commands.write("$command\n")
        commands.flush()
        val answer = checkNotNull(answers.readLine()) { "the post office ended at: $command" }
        check(answer.startsWith("ok")) { "$command: $answer" }
        return answer.removePrefix("ok").trim()
    }

    fun account(
        user: String,
        password: String,
    ) = AccountRequest(
        address = user,
        incoming = "imaps://localhost:${ready.getValue("imaps")}",
        password = Secret(password),
        trust = Trust.PlatformAnd(File(ready.getValue("ca")).readBytes()),
        popRule = ServerCopy.Leave,
    )

    override fun close() {
        commands.close()
        process.waitFor()
    }
}
