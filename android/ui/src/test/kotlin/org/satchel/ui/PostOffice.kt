// A mail server of the tests' own: the post office program as a child process, asked line by line.
package org.satchel.ui

import java.io.File

internal class PostOffice : AutoCloseable {
    private val program =
        ProcessBuilder(System.getProperty("postoffice")).redirectError(ProcessBuilder.Redirect.INHERIT).start()
    private val answers = program.inputReader()
    private val orders = program.outputWriter()
    private val ready =
        answers
            .readLine()
            .removePrefix("ready ")
            .split(' ')
            .associate { it.substringBefore('=') to it.substringAfter('=') }

    val server = "imaps://localhost:${ready.getValue("imaps")}"
    val authority: ByteArray = File(ready.getValue("ca")).readBytes()

    /** Gives an order and takes what is answered. */
    @Synchronized
    fun ask(order: String): String {
        orders.write(order)
        orders.newLine()
        orders.flush()
        val answer = answers.readLine() ?: error("the post office ended at: $order")
        check(answer.startsWith("ok")) { "$order: $answer" }
        return answer.removePrefix("ok").trim()
    }

    override fun close() {
        orders.close()
        program.waitFor()
    }
}
