// What the app tells the system of itself, read from its files: a promise there is as good as one in code.

package org.satchel.app

import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.w3c.dom.Element
import org.w3c.dom.Node
import java.io.File
import javax.xml.parsers.DocumentBuilderFactory

class ManifestTest {
    private val app = File(System.getProperty("app.dir"))
    private val manifest = read("src/main/AndroidManifest.xml")

    private fun read(path: String): Element =
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(File(app, path)).documentElement

    private fun Element.all(name: String): List<Element> =
        getElementsByTagName(name).let { found -> List(found.length) { found.item(it) as Element } }

    private fun Element.of(name: String): String = getAttribute("android:$name")

    private fun Element.rules(): Set<String> =
        List(childNodes.length) { childNodes.item(it) }
            .filter { it.nodeType == Node.ELEMENT_NODE }
            .map { it as Element }
            .mapTo(HashSet()) {
                listOf(it.tagName, it.getAttribute("path"), it.getAttribute("requireFlags")).joinToString(" ").trim()
            }

    @Test
    fun `it asks for what it needs, and for nothing that is the person's`() =
        assertEquals(
            setOf("INTERNET", "ACCESS_NETWORK_STATE", "POST_NOTIFICATIONS", "RECEIVE_BOOT_COMPLETED"),
            manifest.all("uses-permission").mapTo(HashSet()) { it.of("name").removePrefix("android.permission.") },
        )

    @Test
    fun `it does not offer to write mail before it can, and no web page opens a message`() {
        assertEquals(setOf("satchel"), manifest.all("data").mapTo(HashSet()) { it.of("scheme") })
        assertFalse(manifest.all("category").any { it.of("name").endsWith("BROWSABLE") })
        assertEquals(
            setOf("MAIN", "VIEW"),
            manifest.all("action").mapTo(HashSet()) { it.of("name").substringAfterLast('.') },
        )
    }

    @Test
    fun `only the window can be opened from outside`() {
        val parts = listOf("activity", "service", "provider", "receiver").flatMap { manifest.all(it) }
        assertEquals(listOf(".MainActivity"), parts.filter { it.of("exported") != "false" }.map { it.of("name") })
        assertEquals("android.permission.BIND_JOB_SERVICE", manifest.all("service").single().of("permission"))
    }

    @Test
    fun `every class it names is there`() {
        val names =
            listOf(
                "application",
                "activity",
                "service",
                "provider",
            ).flatMap { manifest.all(it) }.map { it.of("name") }
        assertEquals(4, names.size)
        names.forEach {
            val path = "kotlin/org/satchel/app${it.replace('.', '/')}.kt"
            assertTrue(it, File(app, "src/main/$path").exists() || File(app, "src/phone/$path").exists())
        }
    }

    @Test
    fun `a backup takes mail and leaves what can be fetched again, and nothing goes where it can be read`() {
        val application = manifest.all("application").single()
        assertEquals(
            "@xml/data_extraction_rules" to "@xml/backup_rules",
            application.of("dataExtractionRules") to application.of("fullBackupContent"),
        )
        val newer = read("src/main/res/xml/data_extraction_rules.xml")
        val mail = setOf("include mail/", "exclude mail/cache/")
        assertEquals(
            listOf(mail, mail),
            listOf("cloud-backup", "device-transfer").map { newer.all(it).single().rules() },
        )
        assertEquals("true", newer.all("cloud-backup").single().getAttribute("disableIfNoEncryptionCapabilities"))
        assertEquals(
            setOf("include mail/ clientSideEncryption", "include mail/ deviceToDeviceTransfer", "exclude mail/cache/"),
            read("src/main/res/xml-v28/backup_rules.xml").rules(),
        )
        assertEquals(setOf("include nothing/"), read("src/main/res/xml/backup_rules.xml").rules())
    }

    @Test
    fun `plain text is not sent by accident`() =
        assertEquals("false", manifest.all("application").single().of("usesCleartextTraffic"))

    @Test
    fun `every word and picture that the app names is there`() {
        val sources =
            File(
                app,
                "src/phone/kotlin",
            ).walk().filter { it.extension == "kt" }.joinToString { it.readText() }
        val named =
            Regex("""R\.(string|plurals|drawable)\.(\w+)""")
                .findAll(sources)
                .map {
                    it.groupValues[1] to
                        it.groupValues[2]
                }.toSet()
        val words = read("src/main/res/values/strings.xml")
        val there =
            listOf("string", "plurals").flatMap { kind -> words.all(kind).map { kind to it.getAttribute("name") } } +
                checkNotNull(File(app, "src/main/res/drawable").list()).map { "drawable" to it.substringBefore('.') }
        assertTrue("the sources were read", named.size > 5)
        assertEquals(emptySet<Pair<String, String>>(), named - there.toSet())
    }
}
