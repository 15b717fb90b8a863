// Which modules make the app, and where Gradle finds what they need. NOT RUN by the project's own checks: see app/README.md.
pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}

dependencyResolutionManagement {
    repositoriesMode = RepositoriesMode.FAIL_ON_PROJECT_REPOS
    repositories {
        google()
        mavenCentral()
        // Its authors publish the Java half of the certificate check beside its source, and nowhere else.
        exclusiveContent {
            forRepository {
                maven {
                    name = "rustlsPlatformVerifier"
                    url =
                        uri(
                            "https://github.com/rustls/rustls-platform-verifier/raw/maven-archive/android-release-support/maven/",
                        )
                }
            }
            filter { includeGroup("org.rustls") }
        }
    }
}

rootProject.name = "satchel"
include(":mail", ":ui", ":app")
