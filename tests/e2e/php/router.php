<?php
// For PHP's built-in server: files are served as they are, all else is WordPress' front controller.
$root = $_SERVER['DOCUMENT_ROOT'];
$path = rawurldecode( (string) parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH ) );
if ( '/' !== $path && ! str_contains( $path, '..' ) && is_file( $root . $path ) ) {
	return false;
}
foreach ( array( 'SCRIPT_NAME', 'PHP_SELF' ) as $name ) {
	$_SERVER[ $name ] = '/index.php';
}
$_SERVER['SCRIPT_FILENAME'] = $root . '/index.php';
header( 'X-E2E-Root: ' . getenv( 'WPEXPORT_E2E_ROOT' ) ); // so that nobody takes another server for this one
chdir( $root );
require $root . '/index.php';
