# SPDX-License-Identifier: MIT
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(hybrec_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/hybrec")
install(TARGETS hybrec EXPORT hybrec_targets FILE_SET HEADERS)
install(EXPORT hybrec_targets
    NAMESPACE hybrec:: FILE hybrecTargets.cmake DESTINATION ${hybrec_package_dir})
configure_package_config_file(cmake/hybrecConfig.cmake.in hybrecConfig.cmake
    INSTALL_DESTINATION ${hybrec_package_dir})
write_basic_package_version_file(hybrecConfigVersion.cmake
    COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES
    "${CMAKE_CURRENT_BINARY_DIR}/hybrecConfig.cmake"
    "${CMAKE_CURRENT_BINARY_DIR}/hybrecConfigVersion.cmake"
    cmake/hybrec_xsimd.cmake
    DESTINATION ${hybrec_package_dir})
